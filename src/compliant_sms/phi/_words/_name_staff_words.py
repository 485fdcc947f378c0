"""The words around names of staff: what announces one, and what stands behind one."""

from __future__ import annotations

from compliant_sms.phi._words._name_lists import word_set

TITLES = word_set("dr dra doctor doctora drs doc dre")
ROLES = word_set(
    "counselor counsellor therapist nurse tech technician advocate interpreter hygienist midwife"
    " dietitian nutritionist physician provider surgeon dentist coordinator manager navigator"
    " specialist assistant receptionist psychologist psychiatrist caseworker pharmacist doula coach"
    " aide instructor phlebotomist pediatrician dermatologist cardiologist oncologist optometrist"
    " orthodontist chiropractor podiatrist worker scheduler driver chaplain triage np pa rn lpn"
    " cna ma lvn mgr practitioner clinician paramedic audiologist neurologist urologist"
    " gynecologist endocrinologist nephrologist rheumatologist gastroenterologist allergist"
    " anesthesiologist radiologist orthopedist acupuncturist sonographer technologist trainer"
    " resident fellow intern biller educator caregiver supervisor liaison volunteer translator"
    " dietician councelor counsler therapst recepcionist nutricionist"
    " enfermera enfermero consejera consejero terapeuta interprete recepcionista partera"
    " pediatra ginecologa ginecologo dentista psicologa psicologo psiquiatra fisioterapeuta"
    " nutriologa nutriologo nutricionista promotora trabajadora coordinadora asistente higienista"
    " tecnico tecnica chofer licenciada licenciado infirmiere enfimye officer director directora"
    " administrator administradora gerente encargada encargado ombudsman registrar"
)
SHORT_ROLES = word_set("enf lic psic")
CREDENTIALS = word_set(
    "md do np pa rn lpn lcsw lmsw msw lpc lmft lmhc cnm cnp fnp aprn arnp crnp dnp pmhnp rd rdn dds"
    " dmd dpm dpt pt ot otr slp od phd psyd pharmd cna lac dc rdh bcba cdces cpnp agnp whnp nnp pnp"
    " acnp anp cde rt rrt rdms cma ccma rma lvn bsn msn lcdc cadc ladc lmhp lpcc licsw lsw mft amft"
    " lcpc cota pta atc chw ibclc cpm rph cpht efda lmt nd nmd edd mbbs crna emt cns facog faap"
    " facp lcmhc lisw lcswa casac mph mba cphq ldn"
)
# Those that small letters belong to.
MIXED = word_set("phd psyd pharmd edd rph cpht lac")
WITH = word_set("with w con avec")
HOSTS = word_set("see call ask by contact meet")
VISITS = TITLES | word_set(
    "appt appts appointment visit session consult consultation checkup check meeting booked group"
    " follow see seeing scheduled telehealth slot opening therapy cita consulta physical cleaning"
    " confirmed rdv rendez"
)
THEY_DO = word_set("will is can has says from at recommends suggests wants asked would with")
SAYS = word_set(
    "recommends suggests wants asked says said reviewed advises called signed prescribed ordered"
    " faxed refilled recommended suggested"
)
WILL = word_set("will can would is could ll")
# What staff will do, with nobody named behind it.
SERVES = word_set(
    "call contact reach text email mail send fax phone answer discuss calling seeing meeting help"
    " running behind stop check review explain write draw arrive refill reschedule follow"
)
# What staff will do when "you" or one of these words follows.
STEPS = {
    word: word_set(following)
    for word, following in (
        ("see", "you u ya"),
        ("meet", "you u ya with"),
        ("be", "by your calling there with reaching in running covering out away on"),
        ("come", "by"),
        ("go", "over"),
        ("sit", "with"),
        ("get", "back"),
        ("let", "you"),
        ("take", "your"),
    )
}
AWAY = word_set("out off away covering retiring leaving your sick running calling making")
OPENINGS = word_set(
    "opening openings availability slot slots spot spots cancellation cancellations"
)
APPOSED = word_set("your our the a my an mi la el una un su nuestra")
STAFF_THANKS = word_set("thanks sincerely regards best you atentamente warmly saludos")
DESKS = word_set(
    "billing reception desk scheduling records crisis triage pharmacy lab imaging team office"
    " clinic intake admissions nursing accounts registration dept department front farmacia"
    " recepcion enfermeria citas facturacion laboratorio oficina referrals ext extension"
)
# Where nobody but staff is.
FRONT = word_set(
    "desk reception billing scheduling triage intake admissions registration recepcion facturacion"
    " enfermeria citas referrals"
)
# What staff signs with, and a patient's employer has as well.
BACK = word_set(
    "compliance hr payroll facilities housekeeping accounting credentialing staffing privacy"
)
# What stands between a role and the name: "nurse there is ...", "tech will be ...".
LEADS = word_set("is named called there here will be today was name es se llama mr mrs ms miss")
# What only staff does for somebody who writes "my" or "me".
HANDS = word_set(
    "lower raise increase up refill prescribe squeeze fit send fax sign order adjust change approve"
    " fill renew write switch look call"
)
# What leads to staff when a patient writes: the word before the name, and those before that.
BESIDE = {
    "tell": word_set("pls please can to u you plz meth and"),
    "thank": word_set("to please pls and you"),
    "for": word_set("covering covers"),
    "of": word_set("instead"),
    "to": word_set("thanks thx thank ty shoutout kudos"),
    "a": word_set("gracias"),
}
BLAMED = word_set("rude unprofessional")
"""What a patient complains of in whoever served there: "Tina was so rude"."""
HOW_MUCH = word_set("so very really super extremely just such")
YOUR = word_set("your you're youre yours su sus ur")
AVAILABLE = word_set("on in working available there back off out")
NOT_AFTER_TITLE = word_set(
    "said says told asked wants called calls gave did does was is has had will can may or and"
    " the a my his her your office visit appointment appt note notes orders order sent wrote"
    " put in on at to for about who that this be so good there here back out not if but when"
    " how test call give gives giving given refill prescribe prescribed see saw sign signed send"
    " fill write know say tell get got do check look order ordered recommend want think let lets"
    " still even ever also just please pls today tomorrow need needs want help me us them it"
    " change changed increase lower up down love like day days week time name number phone fax"
    " line excuse letter bill bills price hours mean want work works worked now then soon"
    " approve approved approves last first next new old great best nice sweet kind real"
    " office's before after again ok okay yes no ready free full late early busy away off"
    " por que no y la el con para puede me dijo dice va"
)
