'use strict';

// Long lists: page by page, one by one, and no more than asked for.

const assert = require('node:assert/strict');
const { ChipChat, given, next, scenario, tell } = require('../scenario');

const { host, token } = given;

scenario(async () => {
    // The pause between pages is 100 ms unless it is shorter; zero counts as not given.
    const pagination = { limit: 10, backoff: 1 };
    const paging = new ChipChat({ host, token, pagination: { ...pagination } });
    const search = { name: '^Form ', sort: 'name' };

    const all = await paging.forms.list({ ...search });
    const expected = Array.from({ length: 35 }, (_, i) => `Form ${String(i).padStart(2, '0')}`);
    assert.deepEqual(all.map(({ name }) => name), expected);
    tell('all');
    await next();

    const some = await paging.forms.list({ ...search, pagination: { ...pagination, countLimit: 12 } });
    assert.deepEqual(some.map(({ name }) => name), expected.slice(0, 12));
    tell('some');
    await next();

    const each = paging.forms.list({ ...search, pagination: { ...pagination, iterate: true } });
    const seen = [];
    for await (const form of each) {
        seen.push(form.name);
        if (seen.length === 15) break;
    }
    assert.deepEqual(seen, expected.slice(0, 15));
    tell('each');
    await next();

    // Without paging there is one page, and the headers tell how long the list is.
    const bot = new ChipChat({ host, token });
    const page = await bot.forms.list({ ...search, limit: 20, offset: 20, select: 'name' });
    assert.deepEqual(page.map(({ name }) => name), expected.slice(20));
    assert.deepEqual(Object.keys(page[0]).sort(), ['id', 'name']);
    assert.equal(page.headers.totalCount, '35');
    tell('page');
    await next();

    // With paging for everything, a single record is a list of one page, which it cannot be.
    await assert.rejects(paging.forms.get(given.form), /not iterable/);
});
