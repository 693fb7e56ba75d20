// The same classes as require() gives.
import twilio from './index.cjs';

export default twilio;
export const { jwt } = twilio;
