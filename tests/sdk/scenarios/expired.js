'use strict';

// A refresh token that has expired as well. The request for new tokens is answered with 401 and
// `jwt expired`, on which the SDK requests new tokens, and so on, without a pause, until it is
// answered something else: here, that these were too many requests.

const assert = require('node:assert/strict');
const { ChipChat, given, scenario } = require('../scenario');

scenario(async () => {
    const { host, token, refreshToken, email } = given;
    const bot = new ChipChat({ host, token, refreshToken, email });
    await assert.rejects(bot.users.get('me'), /jwt expired/);
});
