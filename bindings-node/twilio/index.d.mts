import twilio = require('./index.cjs');

export default twilio;
export import jwt = twilio.jwt;
