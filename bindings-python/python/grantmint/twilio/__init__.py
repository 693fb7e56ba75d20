"""Twilio's Access Token classes, signed by grantmint. Change one import and keep your code.

``from twilio.jwt.access_token import AccessToken`` becomes
``from grantmint.twilio.jwt.access_token import AccessToken``; the grants lie in
``grantmint.twilio.jwt.access_token.grants``, the base class in ``grantmint.twilio.jwt``.

They are made after twilio 9.13.0 with PyJWT 2.15.1: the same arguments, attributes, tokens and
errors. Neither package is needed. Nothing else of ``twilio`` is here; docs/migration.md lists what
differs.
"""
