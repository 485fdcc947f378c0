"""What every store must do, as tests."""

from compliant_sms.testing._contract._appointments import AppointmentContract
from compliant_sms.testing._contract._counts import CountContract
from compliant_sms.testing._contract._importing import ImportContract
from compliant_sms.testing._contract._inbox import InboxContract
from compliant_sms.testing._contract._isolation import IsolationContract
from compliant_sms.testing._contract._keeping import KeepingContract
from compliant_sms.testing._contract._ledger import LedgerContract
from compliant_sms.testing._contract._media import MediaContract
from compliant_sms.testing._contract._pages import PageContract
from compliant_sms.testing._contract._queue import QueueContract
from compliant_sms.testing._contract._texts import TextContract
from compliant_sms.testing._contract._threads import ThreadContract
from compliant_sms.testing._contract._transactions import TransactionContract
from compliant_sms.testing._contract._unconfirmed import UnconfirmedContract
from compliant_sms.testing._contract._volume import VolumeContract

__all__ = ["StoreContract"]


class StoreContract(
    TransactionContract,
    TextContract,
    QueueContract,
    LedgerContract,
    MediaContract,
    UnconfirmedContract,
    PageContract,
    AppointmentContract,
    ThreadContract,
    InboxContract,
    KeepingContract,
    ImportContract,
    VolumeContract,
    CountContract,
    IsolationContract,
):
    """Tests that every store must pass.

    Derive a class whose name begins with ``Test``, and give it a pytest fixture ``make_store``: a
    function without arguments that returns a store over the same database each time. The database
    is empty when a test begins. Needs pytest and the extra ``keyring``.

    Set ``on_event_loop = True`` to run everything through ``asynchronous`` instead of ``blocking``.
    Set ``outlives_close = False`` if a closed store forgets everything.
    """
