'use strict';

// An intake as one writes it with the SDK: the fields of a form are asked one by one, the answers are
// checked and kept as variables, and the end is a report. Settings come from the environment, where
// the SDK looks for them:
//
//     APIHOST=http://127.0.0.1:7070 TOKEN=… SECRET=… PORT=3000 node intake.js

const http = require('node:http');
const ChipChat = require('chipchat');
const { getInstanceConfig } = require('chipchat/lib/helpers');

// The SDK does not wait for the `/set` that it sends after a question, nor for the one that clears
// it. One request at a time keeps them in order.
http.globalAgent.maxSockets = 1;

const bot = new ChipChat({ token: process.env.TOKEN });
bot.on('error', ({ message }) => console.error(message));

const CHECKS = {
    email: [/^[^\s@]+@[^\s@]+$/, 'That is not an e-mail address.'],
    tel: [/^\+?[\d ()-]{6,}$/, 'That is not a telephone number.'],
    number: [/^\d+$/, 'That is not a number.'],
    date: [/^\d{4}-\d\d-\d\d$/, 'That is not a date, such as 2030-03-12.'],
    checkbox: [/^(yes|no)$/i, 'Please say yes or no.']
};
const SKIPPED = '-';

/** The value of an answer, or what is wrong with it. */
const read = ({ type, pattern, options = [], required }, text) => {
    if (!required && /^skip$/i.test(text)) return { value: SKIPPED };
    if (options.length) {
        const option = options.find(({ key, value }) => [key, value].includes(text));
        return option ? { value: option.key } : { problem: 'Please pick one of these.' };
    }
    const [check, problem] = CHECKS[type] || [new RegExp(pattern ? `^(?:${pattern})$` : '.', 's'), 'That does not fit.'];
    return check.test(text) ? { value: text } : { problem };
};

const ask = (context, { label, options = [] }, problem) => context.ask({
    role: 'agent',
    text: problem ? `${problem} ${label}` : label,
    actions: options.map(({ key, value }) => ({ type: 'reply', text: value, payload: key }))
}, 'answer');

const variable = ({ name }) => `intake.${name}`;

/** Settings, read once per process. */
const settings = new Map();
const settingsOf = async (orgPath) => {
    if (!settings.has(orgPath)) settings.set(orgPath, await getInstanceConfig(bot, orgPath));
    return settings.get(orgPath);
};

/** The answers go to a person, where one is configured. */
const handOver = async (context, { agent, channel }) => {
    await context.set('intake', 'complete');
    if (agent) await context.assign([agent]);
    if (channel) await context.notify([channel]);
};

const finish = async (context, orgPath, form, values) => {
    await context.say({ type: 'report', text: form.name, results: [{ name: form.name, values }] });
    await context.say('Thank you. We will get in touch with you.', { role: 'agent' });
    const { meta } = await settingsOf(orgPath);
    if (meta.agent || meta.channel) await handOver(context, meta);
    await context.leave();
};

bot.registerCallback('answer', async ({ text, orgPath }, context) => {
    const form = await bot.forms.get(context.get('intake.form'));
    const current = form.fields.findIndex((field) => !context.get(variable(field)));
    const { value, problem } = read(form.fields[current], text);
    if (problem) {
        ask(context, form.fields[current], problem);
        return;
    }
    await context.set(variable(form.fields[current]), value);
    if (current + 1 < form.fields.length) {
        ask(context, form.fields[current + 1]);
        return;
    }
    const answers = form.fields.map((field, i) => [field.name, i === current ? value : context.get(variable(field))]);
    await finish(context, orgPath, form, Object.fromEntries(answers.filter(([, answer]) => answer !== SKIPPED)));
});

bot.on('message.create.contact.chat.contact', async ({ orgPath }, context) => {
    if (context.get('intake.form')) return;
    const { enabled, meta } = await settingsOf(orgPath);
    if (!enabled) return;
    const form = await bot.forms.get(meta.form);
    await context.set('intake.form', form.id);
    await context.say(`Welcome to ${meta.company}.`, { role: 'agent' });
    ask(context, form.fields[0]);
});

bot.on('ready', () => console.log(JSON.stringify({ step: 'ready', port: bot.server.address().port })));
bot.start();
