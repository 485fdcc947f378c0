"""Finding health information that could identify a patient. Pure.

Two rules keep this room: a finding says where and why and never holds the text it found, and each
recognizer has one concern.
"""

from compliant_sms.phi._find import find
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._ssn import find_ssns

__all__ = ["PhiFinding", "PhiLabel", "find", "find_ssns"]
