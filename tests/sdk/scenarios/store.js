'use strict';

// Tokens kept outside the process, by a mixin with `getTokens` and `setTokens`.

const assert = require('node:assert/strict');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const store = { token: given.token, refreshToken: given.refreshToken };
const calls = [];

class Stored extends ChipChat {}
Stored.mixin({
    async getTokens() {
        calls.push('get');
        return { ...store };
    },
    async setTokens(tokens) {
        calls.push('set');
        Object.assign(store, tokens);
    }
});

scenario(async () => {
    assert.throws(() => Stored.mixin({ send() {} }), /cannot overrule internal method send/);

    const bot = new Stored({ email: given.email });
    assert.equal(bot.auth.user, given.bot, 'a bot knows itself by its mail address');
    assert.equal((await bot.users.get('me')).id, given.bot);
    await bot.users.get('me');
    assert.deepEqual(calls, ['get'], 'the store is asked once');
    tell('asked the store');
    await next();

    assert.equal((await bot.users.get('me')).id, given.bot);
    assert.deepEqual(calls, ['get', 'get', 'set']);
    assert.notEqual(store.token, given.token);
    assert.equal(bot.auth.token, store.token);
});
