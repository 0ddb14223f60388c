'use strict';

// The settings of a bot where it is installed twice, one organization above the other.

const assert = require('node:assert/strict');
const { getInstanceConfig } = require('chipchat/lib/helpers');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const { host, token, group, dealer } = given;

scenario(async () => {
    const bot = new ChipChat({ host, token });
    const path = `${group}#${dealer}`;
    const config = await getInstanceConfig(bot, path);
    assert.equal(config.bot, given.bot);
    assert.equal(config.organization, dealer);
    assert.equal(config.enabled, true);
    assert.deepEqual(config.meta, {
        company: 'Harbour Motors', form: given.form, greeting: 'Ahoy', tone: 'formal'
    });
    const above = await getInstanceConfig(bot, group);
    assert.deepEqual(above.meta, { company: 'Harbour Group', greeting: 'Ahoy', tone: 'formal' });
    tell('both');
    await next();

    // The one below is switched off: its settings do not count, and the bot is off there.
    const off = await getInstanceConfig(bot, path);
    assert.equal(off.enabled, false);
    assert.equal(off.meta.company, 'Harbour Group');
    tell('off');
    await next();

    // A setting that is no text cannot be read.
    await assert.rejects(getInstanceConfig(bot, path), TypeError);
    const nobody = await getInstanceConfig(new ChipChat({ host }), path);
    assert.deepEqual(nobody, { status: 'missing bot auth' });
});
