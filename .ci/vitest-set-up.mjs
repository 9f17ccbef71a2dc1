// Tests never run an access loop that is older than its source.
import './set-up.mjs';

export default function alreadySetUp() {}
