"""Numbers of record and ways to reach somebody: found behind their cues, and nothing else taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.people import PatientFacts
from compliant_sms.phi import PhiFinding, PhiLabel
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._labels import Confidence
from compliant_sms.phi._names._user_names import find_user_names
from compliant_sms.phi._numbers._contact import find_emails, find_ips
from compliant_sms.phi._numbers._links import find_urls
from compliant_sms.phi._numbers._phones import find_phones
from compliant_sms.phi._numbers._record_forms import find_photos, find_record_forms
from compliant_sms.phi._numbers._record_numbers import find_record_numbers
from compliant_sms.phi._numbers._ssn import find_ssn
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._record_cues import cues

STEADY = settings(derandomize=True, deadline=None)
Recognizer = Callable[[View, Known], Iterable[PhiFinding]]
# In the order in which the first of two findings of one place counts.
RECOGNIZERS: tuple[Recognizer, ...] = (
    find_ssn,
    find_record_forms,
    find_record_numbers,
    find_user_names,
    find_photos,
    find_emails,
    find_urls,
    find_ips,
    find_phones,
)
MARK = re.compile(r"\[\[(\w+):(.*?)\]\]")

PHONES = [
    "new cell [[PHONE:(503) 555-0187]] thx",
    "my number changed to [[PHONE:503 555 0187]]",
    "call my husband at [[PHONE:503.555.0187]] if you cant get me",
    "pls text me on [[PHONE:+1-503-555-0187]]",
    "We have [[PHONE:503-555-0187]] as your current phone. Is it right?",
    "Your daughter left us [[PHONE:5035550187]] as her number.",
    "[[PHONE:503-555-0187]] is the best number for me",
    "work [[PHONE:503-555-0187]], home [[PHONE:503-555-0188]]",
    "[[PHONE:5 0 3 5 5 5 0 1 8 7]]",
    "its [[PHONE:5 - 0 - 3 - 5 5 5-0.1.8  7]] ok",
    "room 12 [[PHONE:5 0 3 5 5 5 0 1 8 7]]",
    "her caregiver is at [[PHONE:555-0164]]",
    "cell [[PHONE:555 0164]]",
    "mi hermana: [[PHONE:787 555 0164]]",
    "llame a mi esposo al [[PHONE:(787) 555-0164]]",
    "my uk cell is [[PHONE:+44 20 7946 0958]]",
    "whatsapp [[PHONE:+52 55 5555 0123]]",
    "reach grandma on [[PHONE:1 503 555 0187]] after 6",
    "The phone we have for you ends in [[PHONE:4410]].",
    "is the cell ending [[PHONE:87]] still good",
    "We will text the number (***) ***-[[PHONE:0187]].",
    "emergency contact: Odile, [[PHONE:503-555-0187]]",
    "I'm home now. [[PHONE:503-555-0187]]",
    "fax it to my work, [[FAX:503-555-0190]]",
    "my job's fax: [[FAX:(503) 555-0190]]",
    "send my records, [[FAX:503-555-0190]] (fax)",
    "its urgent call [[PHONE:503 555 0187]]",
    "Call Bo, I am out: [[PHONE:503-555-0187]]",
    "Call [[PHONE:503-555-0187]] then",
    "Thanks so much for this. Dr. Hall has it: my cell, [[PHONE:503-555-0187]]",
    "Hello. It is Bo. Try [[PHONE:503-555-0187]]",
    "cell [[PHONE:503 555 0187]] [[PHONE:503 555 0188]]",
    "cell 12345, home [[PHONE:503-555-0187]]",
    "\n[[PHONE:503-555-0187]]",
    "uk mobile [[PHONE:07946 095 812]]",
    "my cell is [[PHONE:five oh three, five five five, oh one eight seven]]",
    "cel [[PHONE:+57 310 555 0134]]",
    "es el [[PHONE:cinco cinco cinco cero uno tres cuatro]] gracias",
    "[[PHONE:five five five oh one three four]], not six",
    "We'll call you at the number on file, [[PHONE:414-555-0199]], on Tuesday.",
    "Is [[PHONE:414-555-0155]] still the best number for you?",
    "The confirmation was sent to [[PHONE:414-555-0159]].",
    "mi numero nuevo es [[PHONE:414 555 0160]], el de mi esposa [[PHONE:414-555-0161]]",
    "We faxed your referral to [[FAX:414-555-0191]] today.",
    "Can they try [[PHONE:808-555-0127]] again?",
    "call her work phone [[PHONE:(808) 555-0103 ext. 44]]",
    "Please update your phone: we have [[PHONE:414-555-0178]].",
    "Please confirm: your phone is [[PHONE:414-555-0178]].",
    "mom: [[PHONE:414 - 555 - 0177]]",
    "the code went to (•••) •••-[[PHONE:0118]]",
    "my number ends  [[PHONE:01 27]]",
    "do you have [[PHONE:503-555-0187]] or [[PHONE:503-555-0188]] for me",
    "its [[PHONE:503-555-0187]] not [[PHONE:0178]]",
    "the last 4 of my phone are [[PHONE:0187]]",
    "home [[PHONE:5550187]] cell [[PHONE:5550188]] area [[PHONE:503]] both",
    "my number is [[PHONE:503 five five five 0187]]",
    "its [[PHONE:five oh three 555 0187]] ok",
    "reach me at [[PHONE:555 0187 x 22]]",
    "can Dr. Hall call me? [[PHONE:503-555-0187]]",
    "is my number on file [[PHONE:503-555-0187]]?",
    "Number [[PHONE:503-555-0187]] saved as your mobile.",
    "We removed [[PHONE:503-555-0187]] from your profile.",
    "Got it, took [[PHONE:503-555-0187]] off your chart.",
    "Texts to [[PHONE:503-555-0187]] are bouncing.",
    "Your emergency contact is listed as Joan, [[PHONE:503-555-0187]].",
    "Unable to reach you at [[PHONE:503-555-0187]].",
    "Dr. Hall will call you at [[PHONE:503-555-0187]].",
    "The interpreter will dial her home line [[PHONE:503-555-0187]].",
    "Number on your chart is [[PHONE:503-555-0187]]",
    "she can be reached at [[PHONE:503-555-0187]]",
    "send records to Dr. Poe, fax [[FAX:503-555-0190]]",
    "efax [[FAX:503-555-0190]] is my job",
    "borramos el [[PHONE:503-555-0187]] de su expediente",
]
CONTACT = [
    "https://elm.example.com/a/olga-about or [[URL:https://ck.example.com/a/olga-77Qx]]",
    "reach me at [[EMAIL:olga.p+clinic@example.org]].",
    "[[EMAIL:OLGA@EXAMPLE.ORG]]",
    "we sent it to [[EMAIL:o***a@example.com]]",
    "its [[EMAIL:olga_p [at] example.org]]",
    "mi correo es [[EMAIL:olga arroba example punto com]]",
    "write to [[EMAIL:olga99 at gmail]]",
    "email [[EMAIL:olgap@gmail dot com]] pls",
    "send it to her school, [[EMAIL:office@elmwood.example.edu]]",
    "Your visit: [[URL:https://tele.example.com/room/x8Kd2mPq]].",
    "Sign here: [[URL:https://forms.example.org/s?token=abcdef]]",
    "Pay [[URL:pay.example.com/b/88213]]",
    "see [[URL:https://app.example.com/patients/opetrov]]",
    "pics at [[URL:https://photos.example.com/olgas-arm]]",
    "([[URL:https://example.com/c/QKZRTX9]])",
    "Open [[URL:http://m.example.net/?u=olgap&lang=en]]",
    "signed in from [[IP:198.51.100.23]]",
    "my ip is [[IP:2001:db8:0:1::7]]",
    "was it you at [[IP:192.0.2.1]]?",
    "rash pic [[PHOTO:IMG_20250311_2.heic]]",
    "[[PHOTO:toe.jpeg]] and [[PHOTO:toe-2.PNG]]",
    "here [[PHOTO:PXL_20250101_1]]",
    "[[EMAIL:tj_88[at]mailbox[dot]example]] pls",
    "a link went to [[EMAIL:m•••••o@example.org]]",
    "Form: [[URL:https://intake.example.net/f/8Yc2-elm]]",
    "seen at [[IP:203.0.113.9]] and [[IP:203.0.113.10]] today",
    "https://elm.example.com/book or [[URL:https://elm.example.com/x/qRsTuVwX]]",
    "https://jobs.example.com/10023 and [[URL:https://elm.example.com/news?token=abc]]",
]
RECORDS = [
    "It is in my emr. [[MRN:445566]]",
    "MRN [[MRN:0044821]]",
    "your medical record number is [[MRN:44-82-19]].",
    "chart # [[MRN:A55102]]",
    "patient id [[MRN:771820]]",
    "expediente [[MRN:90211]]",
    "sticker says [[MRN:10-44-82-19]]",
    "MRN [[MRN:0044821]] was merged into [[MRN:0099113]]",
    "Acct #[[ACCOUNT:5512-09]] is past due",
    "your account number [[ACCOUNT:44120987]]",
    "invoice [[ACCOUNT:2025-8841]]",
    "Visa ending in [[ACCOUNT:1881]]",
    "tarjeta terminada en [[ACCOUNT:1881]]",
    "my card is [[ACCOUNT:4111 1111 1111 1111]]",
    "use [[ACCOUNT:378282246310005]] amex",
    "claim no. [[ACCOUNT:CL-2291-77]] was paid",
    "I paid, confirmation [[ACCOUNT:PX-88210]]",
    "cuenta num [[ACCOUNT:778120]]",
    "member ID [[HEALTH_PLAN_ID:ZGP882910034]]",
    "my humana is [[HEALTH_PLAN_ID:H55120098]]",
    "BCBS [[HEALTH_PLAN_ID:R77120091]] group [[HEALTH_PLAN_ID:0098123]]",
    "subscriber # [[HEALTH_PLAN_ID:W88 120 4471]]",
    "medicaid number [[HEALTH_PLAN_ID:88120077]]",
    "new card says [[HEALTH_PLAN_ID:2FH7-QC4-RT91]]",
    "[[HEALTH_PLAN_ID:2FH7QC4RT91]]",
    "poliza [[HEALTH_PLAN_ID:MX-77120]]",
    "is [[HEALTH_PLAN_ID:JK8812009]] still your member id",
    "policy number [[HEALTH_PLAN_ID:88-1120]]",
    "member id ending in [[HEALTH_PLAN_ID:4471]]",
    "driver's license [[LICENSE:S530-4471-2290]]",
    "DL# [[LICENSE:B7712009]]",
    "licencia [[LICENSE:A4471220]]",
    "passport [[LICENSE:X77120091]]",
    "my plate is [[VEHICLE:HXR 2210]]",
    "parked by the door, blue subaru [[VEHICLE:4KPM882]]",
    "[[VEHICLE:BZT9921]] tx plates",
    "VIN [[VEHICLE:1HGCM82633A004352]]",
    "hit by [[VEHICLE:1M8GDM9AXKP042788]]",
    "pump serial number [[DEVICE:NP-88120-4]]",
    "the meter's s/n is [[DEVICE:KL77120034]]",
    "lot [[DEVICE:EK-92210]]",
    "UDI: [[DEVICE:(01)00812345678906(21)88120]]",
    "Rx [[OTHER_ID:6620914]] is ready",
    "rx#[[OTHER_ID:6620914]]",
    "receta [[OTHER_ID:6620914]]",
    "authorization [[OTHER_ID:A8812004]] approved",
    "Referral #[[OTHER_ID:88120]] was sent",
    "case number [[OTHER_ID:24-CV-8812]]",
    "Study ID [[OTHER_ID:BR-0142]]",
    "Your activation code is [[OTHER_ID:H7QK-882Z]]",
    "Approved: [[OTHER_ID:AUTH-88120]]",
    "Ride ID [[OTHER_ID:88-1204]]",
    "my username is [[OTHER_ID:olga_p]]",
    "login: [[OTHER_ID:olga88]] doesnt work",
    "fingerprint template [[BIOMETRIC:FP-99120]]",
    "iris scan id [[BIOMETRIC:IR-44820]]",
    "SSN [[SSN:123-45-6789]]",
    "s.s.n. [[SSN:123456789]]",
    "[[SSN:123456789]] is my social",
    "social is [[SSN:123-45]] and I forget",
    "last four [[SSN:6789]]",
    "your number is [[MRN:20931]]",
    "chart on file [[MRN:20931]]",
    "hip implant ref [[DEVICE:55-10-401]]",
    "acct [[ACCOUNT:4*821*7712]]",
    "claim numbers [[ACCOUNT:771200]], [[ACCOUNT:771201]]",
    "account [[ACCOUNT:123 456 789 123 456 789]] 123 456",
    "MRN [[MRN:12 34 56]]",
    "activation link for user name: [[OTHER_ID:sunnyday]]",
    "medicare card [[HEALTH_PLAN_ID:77120-A]]",
    "serial number on the back is [[DEVICE:88120774]]",
    "mrn from the sticker [[MRN:8812077]]",
    "Your activation code is [[OTHER_ID:QXKP-HHTM]]",
    "Elm Dental, for Bo (ID [[HEALTH_PLAN_ID:771204]])",
    "my ssn starts with [[SSN:123]]",
    "member number on my new thing is [[HEALTH_PLAN_ID:771209]]",
    "medicaid id [[HEALTH_PLAN_ID:88120441K]] and group [[HEALTH_PLAN_ID:4471-22]]",
    "policy# [[HEALTH_PLAN_ID:UZ 4471 220 91]]",
    "heres my insurance id [[HEALTH_PLAN_ID:XKB 8812 77 0041]]",
    "medi-cal [[HEALTH_PLAN_ID:91234567A 2]]",
    "mbi [[HEALTH_PLAN_ID:2 F H 7 Q C 4 R T 9 1]]",
    "acct   [[ACCOUNT:4 4 0   9 1   2 2 7 5]]   is  due",
    "bill # [[ACCOUNT:4471]] still shows 200 dollars",
    "the last 4 of your card, [[ACCOUNT:6630]]",
    "claim no [[ACCOUNT:321 44 9087]] please",
    "accession [[OTHER_ID:25-334-0091]]",
    "cpap s/n [[DEVICE:23192-884-017]]",
    "driver license [[LICENSE:K 442 9912 0031]]",
    "tag [[VEHICLE:HYK 0R3]]",
    "mrn [[MRN:44-10221]] my member id",
    "rx[[OTHER_ID:6620914]] is out",
    "chart A([[MRN:4471]])",
    "charts [[MRN:118-0032]] and mrn [[MRN:118-0320]]",
    "mrn [[MRN:44711]], cell [[PHONE:503-555-0187]] or 12",
    "mrn [[MRN:44711]] and [[PHONE:503-555-0187]] cell",
    "mrn [[MRN:4111 1111 1111]]",
    "mrn [[MRN:4471]] or 12, mrn [[MRN:44710]], 88120991",
    "charts [[MRN:118-0032]] and [[MRN:118-0320]]",
    "medicaid: Isaac [[HEALTH_PLAN_ID:ZX48812P]] and Isla [[HEALTH_PLAN_ID:ZX48813P]]",
    "chart says [[MRN:A 0093 5521]]",
    "my id is [[OTHER_ID:R5502881]] i think",
    "palm template ref [[BIOMETRIC:FP-20-66193]]",
    "my social starts [[SSN:530]] and ends in [[SSN:17]]",
    "social es [[SSN:seis uno ocho, cero dos, cuatro cuatro nueve nueve]]",
    "sign-in for [[OTHER_ID:doe_ng.88]]",
    "acct -[[ACCOUNT:77120]]",
    "the kiosk rejects [[OTHER_ID:PX0041786]]",
    "what is my patient number? the kiosk took [[MRN:PX0417]]",
    "thumb reader beeped, it showed [[BIOMETRIC:FPT-30482]]",
    "my hearing aids [[DEVICE:HA2231-L]] and [[DEVICE:HA2231-R]]",
    "license for the long form [[LICENSE:D0884-2217-5530]]",
    "therapy code [[OTHER_ID:EPT-7X22]] for you",
    "[[OTHER_ID:QX88120]] is it still my ride",
    "[[DEVICE:QX88120]] on the lot label",
    "my plate is seen by one of those men who stood there for a long while, [[OTHER_ID:QX88120]]",
    "[[OTHER_ID:1HGCM82633A004353]]",
    "hosp # [[MRN:4821300]]",
    "my # is [[MRN:48213]]",
    "#[[OTHER_ID:4821300]] is what they gave me",
    "FMLA# [[OTHER_ID:88120441]] is approved for you",
    "for the autopay use [[ACCOUNT:****1039]]",
    "we will text the number [[PHONE:****1039]] of yours",
    "Refund of $60 went back to card [[ACCOUNT:8813]]",
    "hsa card last 4 [[ACCOUNT:8813]]",
    "use the card ending [[ACCOUNT:8812]] not [[ACCOUNT:8813]]",
    "paid, conf [[ACCOUNT:88120]]",
    "Payment plan [[ACCOUNT:PP-88120]] starts",
    "id on the card is [[HEALTH_PLAN_ID:TRW8812044]]",
    "copay card number [[HEALTH_PLAN_ID:GS80114276]]",
    "part d id [[HEALTH_PLAN_ID:RX88014520]]",
    "rx group [[HEALTH_PLAN_ID:RX4421]]",
    "state id # [[LICENSE:A1234567]]",
    "her learners permit [[LICENSE:L8812044]]",
    "face check-in id [[BIOMETRIC:FX-30917]] was reset",
    "palm scan ref [[BIOMETRIC:PV-88120]]",
    "Device tag [[DEVICE:HM-0417]]",
    "my mrn's [[MRN:48213]]",
    "s/n [[DEVICE:88120441]]",
    "lot [[DEVICE:88120A]]",
    "signed in as [[OTHER_ID:olga88]]",
    "record of user [[OTHER_ID:olga.home]]",
    "portal username [[OTHER_ID:olgapet]]",
    "[[SSN:5 3 2 1 1 4 4 7 8]] is my social",
    "SS ends [[SSN:3390]], Olga",
    "my socail is [[SSN:532114478]]",
    "ssn ends in [[SSN:4408]], ours says [[SSN:4480]]",
    "the first 3 of my social are [[SSN:532]]",
    "40-30-20-10 or chart [[MRN:10-44-82-19]]",
]
NO_CONTACT = [
    "https://example.com/a/about-us",
    "https://example.com/c/covid-19",
    "https://example.com/n/walk-5k",
    "Call 503-555-0100 to reschedule.",
    "Call 503-555-0100 right away for a fever, day or night.",
    "Questions? (503) 555-0100",
    "Call or text us at 503.555.0100.",
    "Our office: 503-555-0100, M-F 8-5",
    "Call the nurse line at 1-503-555-0100.",
    "Elm Street Dermatology, 503-555-0100",
    "Your visit is confirmed for tomorrow. 503-555-0100",
    "For help, 800-555-0199.",
    "Llame al 503-555-0100 para cambiar su cita.",
    "Our fax is 503-555-0190.",
    "Fax forms to our office at 503-555-0190.",
    "For an emergency call 911. In crisis, 988.",
    "503-555-0100 opt 2",
    "503-555-0100 to cancel",
    "The line has been busy. 503-555-0100.",
    "Text HELP to 55512.",
    "Order 503-555-01",
    "It costs $503-555-0100",
    "1234567890",
    "Score 555-01234",
    "Room 210, floor 2, 2025-10-11 12:30",
    "ends in 2026",
    "The season ends in 0182",
    "last 4 visits",
    "Mail info@elm.example.com or billing@elm.example.com.",
    "@elmclinic on social",
    "Log in at portal.example.org",
    "Meet us at elm.example.com today",
    "Book at https://elm.example.com/book",
    "https://elm.example.com/health/flu-shots-2025?utm_source=sms",
    "https://elm.example.com/covid-19/info",
    "https://elm.example.com/patients/forms",
    "and/or 24/7 w/o 1/2 a.m./p.m.",
    "https://elm.example.com",
    "https://elm.example.com/v2/womens-health/",
    "app version 10.2.3.4 is out",
    "300.1.2.3",
    "from 10:30:00 to 11:30:00",
    "see brochure.pdf",
    "imaging-center and photo-op",
    "dot your i at home",
    "+1 555",
    "my number is 0",
    "cell phone 12-34",
    "0123",
    "a :: b :: c",
    "+999 99 999 999",
    "+1 12",
    "Please call back at 503-555-0100.",
    "Pharmacy line is busy? Try 503-555-0100 instead.",
    "To cancel call 503-555-0100 before 5 PM the day before.",
    "123-4567890",
    "Records faxed to Dr. Hall at 503-555-0192.",
    "take one, two or three",
    "one two three four five six seven eight nine",
    "one (two) three",
    "Reminder: bring your child to the clinic today. 414.555.0100",
    "Your son Max is due for shots. Call 414-555-0100 to book.",
    "You can reach our billing team on 414 555 0103, Mon-Fri.",
    "is 555-0190 ur fax or the hospitals",
    "Is 414-555-0190 your fax? I need it",
    "office line 505-555-0163, fax 505-555-0164, after-hours 505-555-0199. Save us",
    "DOT number 4471229 on the medical card",
    "Guest wifi, gateway 10.20.0.1 and 300.20.1.1 ok",
    "its 1:2:3:4:5:6:7:8:9 now",
    "::::",
    "https://elm.example.com/ab1/x.html",
    "i called 503-555-0100 and nobody picks up",
    "ur voicemail at 503-555-0100 is full",
    "someone called me from 503-555-0100",
    "We will call you from 503-555-0100.",
    "Our phone number has changed to 503-555-0100.",
    "503-555-0100 is our new number",
    "Our line 503-555-0100 is updated",
    "Call or text 503-555-0100.",
    "Call 503-555-0108 today, or fax 503-555-0109.",
    "Have your doctor fax records to 503-555-0109.",
    "Dr. Hall can be reached at 503-555-0100",
    "Reminder from Elm Dental 503-555-0100: your cleaning is at 9.",
    "To reach the on-call nurse dial 503-555-0100.",
    "jobs@elm.example.com and privacy.office@elm.example.com",
    "we are at the clinic at noon dot dot dot",
    "https://jobs.example.com/10023",
    "https://elm.example.com/news/article/20251",
    "Llame al 305-555-0172 o escriba a la oficina.",
]
NO_RECORDS = [
    "Order #88120-22 shipped.",
    "check #20114 was mailed",
    "Ticket 88120",
    "Your code is 551902",
    "security code 884120",
    "PIN 4471",
    "Suite 300, room 214",
    "CPT 99214 and 36415",
    "HCPCS J1745",
    "model CX-200",
    "bring your insurance card and photo ID at 9:45",
    "your account balance is $1280.50",
    "account due 11/30/2025",
    "claim for 10/12/2025",
    "visit on 2025-10-12",
    "group visit at 1030",
    "patient since 2019",
    "take 2000 units of D3",
    "rx 500 mg twice daily",
    "refill 90 tablets",
    "plan for 2026",
    "case of flu in 2025",
    "license plate frames",
    "parking lot 4",
    "a lot of 300 people",
    "members save 15%",
    "your record of 120/80",
    "card 30 days",
    "chart it 3 times",
    "bin 015581 pcn 03200000",
    "the ref said 2 weeks",
    "i drive an F150",
    "my car is a CX-5",
    "user guide",
    "login page",
    "username or password is wrong",
    "Medicare open enrollment ends 12/07/2025",
    "medicare covers 80%",
    "4111 1111 1111 1112",
    "11111111111111111",
    "abcdefghjklmnprst",
    "zip 97201",
    "call 911",
    "member of 12 clubs",
    "trial of 14 days",
    "visit 3 is Mar 30",
    "Copy page 1200 of the form 8812",
    "number 8812",
    "no. 8812",
    "Bring 12-10-2025 results",
    "10mg 20mg 1000mg",
    "social media 2025 trends",
    "social work 123456789",
    "tax day 4/15",
    "last 4 cases in 2021",
    "no file on 12-10",
    "user name is wrong",
    "case 1 of 3",
    "my truck is a GMC 1500",
    "Your claim was denied. You owe $1,240.18 by 11/30.",
    "your account for 2024-2025",
    "activation is FREE",
    "plate lunch 1100-1300",
    "members number 300 people",
    "1,55100 member id",
    "claim +15511 or 1,551,100",
    "account order 551100",
    "account told me again that they would not ever send it 551100",
    "Your plan covers 12 visits in 2026. You have used 1030 minutes.",
    "Your account has 3200 points.",
    "Claim your free spot at 1200 Main Street, 97201!",
    "Your group visit is at 1030 in suite 4100.",
    "Ketchum ID 83340-0033",
    "your number on file ends soon, 4410",
    "Wt 182 lb, BP 142/91, HR 88, temp 101.2; monitor shows HR 142",
    "Zoom ID 881 4402 9917",
    "clinic tax ID 00-0000000",
    "Medicare says send E0730 again",
    "member covid20251 and member $88120 and member 1,88120",
    "12345! mrn number",
    "99120 is what the member line said",
    "rx-4 and rx 4",
    "social skills: one two three four five six seven eight",
    "Model TX-90001 kiosks print receipts",
    "Your code: G-390217",
    "Do not share code A88120",
    "coupon RIDE2CARE25 for you",
    "OTC D3 2000 IU daily for you",
    "OTC DX300 2000 for you",
    "see a=QX88120 for you",
    "ISO13485 lab, 1-800-FLOWERS1",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "Walgreens #12345 is your pharmacy",
    "order #88120-22",
    "Ask us about # 2125550187",
    "PO #88120, disp #12345",
    "ssn *1039",
    "FDA recall: lot EW0182 of eye drops",
    "Donors, please come. Ref DRIVE-20260116.",
    "no more dial-in code 203-55-0118",
    "prednisone 40-30-20-10",
    "Your usernames and user guide, username reset",
    "QX8812 is a size",
    "mrn " + "1a" * 40,
]


def read(marked: str) -> tuple[str, set[tuple[int, int, str]]]:
    """Take the marks out of a text; what they stood around."""
    spans: set[tuple[int, int, str]] = set()
    text, at = "", 0
    for match in MARK.finditer(marked):
        text += marked[at : match.start()]
        spans.add((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        at = match.end()
    return text + marked[at:], spans


def findings(text: str, known: Known = NOTHING_KNOWN) -> list[PhiFinding]:
    """Say what all recognizers find; of two that overlap, the surer, then the longer one."""
    view = View(text)
    found = [finding for recognize in RECOGNIZERS for finding in recognize(view, known)]
    order = [Confidence.CERTAIN, Confidence.LIKELY, Confidence.HINT]
    found.sort(key=lambda one: (order.index(one.confidence), one.start - one.end))
    kept: list[PhiFinding] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def spans_in(text: str) -> set[tuple[int, int, str]]:
    return {(found.start, found.end, str(found.label.value)) for found in findings(text)}


@pytest.mark.parametrize("marked", [*PHONES, *CONTACT, *RECORDS])
def test_numbers_are_found(marked: str) -> None:
    """Each is found where it stands, without its cue, under its label."""
    text, spans = read(marked)

    assert spans_in(text) == spans


@pytest.mark.parametrize("text", [*NO_CONTACT, *NO_RECORDS])
def test_nothing_else_is_found(text: str) -> None:
    """What is the practice's, everybody's or no number of record is left alone."""
    assert spans_in(text) == set()


@pytest.mark.parametrize("sign", [" ", "-", ".", "  ", " - "])
def test_ten_figures_one_by_one(sign: str) -> None:
    """They are a number where they are ten, begin with no 0 or 1, and no figure goes on."""
    for count, first, before, after in product(
        (9, 10, 11), "012", ("", "12 ", "12, ", "5, "), ("", f"{sign}12", ", 12", ", 5 5")
    ):
        start, written = len(before), sign.join([first, *"2345678901"][:count])
        found = find_phones(View(before + written + after), NOTHING_KNOWN)
        apart = [(one.start, one.end) for one in found if one.rule == "phone/apart"]
        is_number = count == 10 and first == "2" and not after.startswith(sign)
        assert apart == [(start, start + len(written))] * is_number


@pytest.mark.parametrize("marked", [*PHONES, *CONTACT, *RECORDS])
def test_disguises_hide_nothing(marked: str) -> None:
    """Full-width figures and invisible characters read the same; offsets are of what is given."""
    text, spans = read(marked)
    wide = text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    view = View(wide)

    assert view.plain == text
    assert {view.place(start, end) for start, end, _ in spans_in(wide)} == {
        (start, end) for start, end, _ in spans
    }


@pytest.mark.parametrize("marked", [*PHONES, *CONTACT, *RECORDS])
def test_findings_hold_no_text(marked: str) -> None:
    """A finding names a rule of a family, and nothing of what it found."""
    text, _ = read(marked)
    for finding in findings(text):
        assert re.fullmatch(r"[a-z]+/[a-z-]+", finding.rule)
        assert text[finding.start : finding.end] not in repr(finding)


def test_a_known_name_in_a_link_makes_it_certain() -> None:
    """A link that carries the patient's name is theirs; a stranger's page is nobody's."""
    known = Known(patient=PatientFacts(names=("Olga Petrov", "Bo Li")))
    view = View("https://elm.example.com/petrov and https://elm.example.com/book")
    [found] = find_urls(view, known)

    assert (found.start, found.end) == (0, 30)
    assert found.confidence is Confidence.CERTAIN
    assert not list(find_urls(view, NOTHING_KNOWN))


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("123-45-6789", Confidence.CERTAIN),
        ("SSN 123456789", Confidence.CERTAIN),
        ("ssn 6789", Confidence.LIKELY),
        ("4111111111111111", Confidence.CERTAIN),
        ("mrn 4411", Confidence.LIKELY),
        ("my cell 503-555-0187", Confidence.LIKELY),
        ("https://photos.example.com/olgas-arm", Confidence.LIKELY),
        ("https://e.example.com/?token=1", Confidence.CERTAIN),
    ],
)
def test_what_the_form_says_is_certain(text: str, confidence: Confidence) -> None:
    """A form that admits nothing else is certain; what the words around it say is likely."""
    [found] = findings(text)

    assert found.confidence is confidence


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Read it: https://m.acme-ehr.com/s/aBcDeFgHiJkL3", 0),
        ("Read it: https://m.ehr-pages.example/s/445566", 0),
        ("emr.example/s/445566", 0),
        ("lakeside.example/s?mrn=445566", 1),
        ("My emr-445566", 1),
        ("https://m.ehr.example:8443/s/445566", 0),
        ("Your MRN.AB8812344/ward", 1),
    ],
)
def test_a_host_announces_no_number(text: str, found: int) -> None:
    """A token is no number of a chart where "ehr" stands in the host of its link."""
    assert len(list(find_record_numbers(View(text), NOTHING_KNOWN))) == found


def test_every_cue_announces_a_number() -> None:
    """Behind each word, a code after "no." is found, under the label that is listed."""
    for word, cue in sorted(cues().items()):
        text = f"Re {word} id no. 88120-77"
        found = [one for one in findings(text) if one.rule.startswith("record/")]
        shown = [(one.label, text[one.start : one.end]) for one in found]

        assert shown == [(cue.label, "88120-77")], word


PIECES = st.sampled_from(
    [
        *sorted(cues()),
        *("my cell ", "call ", "number ends in ", "ssn ", "last 4 ", "user is ", " at ", " dot "),
        *("217-555-0134", "(217) 555", "123-45-6789", "xxx-xx-", "4111", "00", "+44", "img_1.jpg"),
        *(
            "@",
            "://",
            "/",
            ".",
            ":",
            "::",
            "-",
            "#",
            "$",
            "*",
            " ",
            "\n",
            "A",
            "A1",
            "five ",
            "s/n",
        ),
        *("\u0661", "\uff11", "&#49;", "\u200b", "\u0301", "\u00b5", "\u00df", "\u0130", "\ud800"),
    ]
)


@STEADY
@given(st.lists(PIECES | st.text(max_size=4), max_size=24).map("".join))
def test_any_text_can_be_read(text: str) -> None:
    """No text breaks a recognizer, and findings lie inside it."""
    view = View(text)
    for finding in findings(text):
        start, end = view.place(finding.start, finding.end)
        assert 0 <= start < end <= len(text)
        assert finding.label in PhiLabel


@pytest.mark.many_rounds
@pytest.mark.parametrize("recognize", RECOGNIZERS)
@pytest.mark.parametrize(
    "unit",
    [
        *("1", "a", "A", "-", "1-", "1 ", ".", "1.", "@", "a@", "a.", "/", "a.a/", ":", ":1", "*"),
        *("#", "(", "((1))", "ssn ", "mrn ", "mrn 1", "id A1 ", "555-0123 ", "call ", "last 4 "),
        *("dot ", "a dot ", "http://", "img_", "user is ", "AB 12 ", "one ", "one two three "),
        *("\n", "é"),
    ],
)
def test_hostile_texts_end(recognize: Recognizer, unit: str) -> None:
    """Long repetitions of everything that begins a match are read to their end."""
    text = (unit * 20_000)[:20_000]

    assert all(found.end <= len(text) for found in recognize(View(text), NOTHING_KNOWN))
