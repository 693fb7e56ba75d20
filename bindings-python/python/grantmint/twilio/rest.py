"""Not here: ``twilio.rest`` is no part of grantmint."""

msg = "grantmint.twilio makes Access Tokens only: import twilio.rest instead"
raise ImportError(msg, name=__name__)
