"""What examinations showed, told as phrases; and values apart from what they measure."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find


def results(text: str) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.label is PhiLabel.TEST_RESULT]


TOLD = [
    ("Your MRI shows a partial rotator cuff tear. Ortho will call.", ["partial rotator cuff tear"]),
    ("your ct showed a 4 mm kidney stone on the left", ["4 mm kidney stone on the left"]),
    ("Tom, pathology shows clear margins.", ["clear margins"]),
    ("Your chest CT from 1/27: 6 mm nodule, right upper lobe", ["6 mm nodule, right upper lobe"]),
    ("your chest x-ray: no pneumonia", ["no pneumonia"]),
    ("her throat culture grew group A strep", ["group A strep"]),
    ("My ultrasound says its a boy!!", ["its a boy"]),
    ("my home test came back: two pink lines", ["two pink lines"]),
    ("Your biopsy came back atypical ductal hyperplasia.", ["atypical ductal hyperplasia"]),
    ("your panel shows Lynch syndrome (MSH2). Call us", ["Lynch syndrome (MSH2)"]),
    ("my stress test came back fine", ["fine"]),
    ("your scan is clear", ["clear"]),
    ("your culture found E. coli in the urine sample", ["E. coli"]),
    ("su ultrasonido muestra un quiste en el ovario", ["quiste en el ovario"]),
    ("la mamografía de Ana salió limpia", ["limpia"]),
    ("your biopsy = dysplastic, margins clear", ["dysplastic, margins clear"]),
    ("Your hearing screen was referred on the right", ["referred on the right"]),
    ("your flu test, it was positive for influenza B. Rest", ["positive for influenza B"]),
    ("my uds came back dirty for thc and thats a lie", ["dirty for thc"]),
    ("your pap found CIN 2", ["CIN 2"]),
    ("your echo looks good", ["good"]),
    ("your carrier screen shows you're a CFTR carrier", ["CFTR carrier"]),
    ("your Zio patch caught a-fib", ["a-fib"]),
    ("she failed her hearing test", ["failed"]),
    ("Theo passed his vision screening", ["passed"]),
    ("my tsh? last one was 6.8", ["6.8"]),
    ("whats my CA-125 now? was about 48 last time", ["48"]),
    ("was 240 b4 bed and 61 when i got up", ["240", "61"]),
    ("was 240 b4 bed and 12 when i got up", ["240"]),
    ("fasting 131 this am", ["131"]),
    ("my ketones are moderate", ["moderate"]),
    ("bp 150/90 today", ["150/90"]),
]


@pytest.mark.parametrize(("text", "words"), TOLD)
def test_findings_are_read_to_the_end_of_their_clause(text: str, words: list[str]) -> None:
    """One finding, without what leads to it and what is said of it."""
    assert words == results(text)


NOT_TOLD = [
    "your lab results came back and we need to talk",
    "My test results are in, call me",
    "your results show up in the portal",
    "Your lab test is scheduled for Monday",
    "Your screening shows you are due for a visit",
    "my report card shows great progress",
    "my screen is broken",
    "he passed his driving test",
    "if your test shows a mass we call you",
    "MRI: arrive 20 min early, no metal",
    "your scan showed no problem with my records",
    "Your MRI results: no",
    "did my scan show, and who reads it",
    "my test; it went on",
    "my test is",
    "my labs: strep, flu",
    "my weight is the same but copay was 40",
    "my a1c is due. My appointment is at 3",
    "my psa is new and the room was 12",
    "my scan shows a",
    "my test is fine dining",
    "my inr is due, is now 2",
]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_news_of_a_test_without_a_finding_is_no_result(text: str) -> None:
    """Nothing is found where no finding is told."""
    assert not results(text)
