"""Not here: ``twilio.twiml`` is no part of grantmint."""

msg = "grantmint.twilio makes Access Tokens only: import twilio.twiml instead"
raise ImportError(msg, name=__name__)
