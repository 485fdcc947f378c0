"""The page with patients' phones: what it shows, what it lets people do, and whom it lets in."""

from compliant_sms.sandbox._phones._board import Board
from compliant_sms.sandbox._phones._guard import Guard
from compliant_sms.sandbox._phones._page import routes
from compliant_sms.sandbox._phones._practice import MovingClock, PatientPhone, side_of

__all__ = ["Board", "Guard", "MovingClock", "PatientPhone", "routes", "side_of"]
