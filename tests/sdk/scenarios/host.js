'use strict';

// The host and the bot's secret may come from the environment.

const assert = require('node:assert/strict');
const { ChipChat, given, scenario } = require('../scenario');

scenario(async () => {
    const bot = new ChipChat({ token: given.token });
    assert.equal(bot.host, process.env.APIHOST);
    assert.equal(bot.secret, process.env.SECRET);
    const me = await bot.users.get('me');
    assert.equal(me.id, given.bot);
    assert.equal(me.email, given.email);
    const named = new ChipChat({ token: given.token, host: 'http://127.0.0.1:1' });
    assert.equal(named.host, 'http://127.0.0.1:1', 'the option counts more');
});
