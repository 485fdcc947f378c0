"""``python -m compliant_sms``."""

from compliant_sms.cli import main

if __name__ == "__main__":
    main()
