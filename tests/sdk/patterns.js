// What Node says of each pattern of the file on each of its inputs, as HTML's `pattern` means it: the
// whole value must match, with the flag `v`. A class that this flag wants written otherwise is read
// with `u`, as it was meant. Prints what the file says otherwise; `--update` puts it right.
const fs = require('fs')

const [file, option] = process.argv.slice(2)
const known = JSON.parse(fs.readFileSync(file, 'utf8'))

function compiled (pattern) {
  try {
    new RegExp(pattern, 'v') // Alone, so that `)(` does not pass.
    return new RegExp(`^(?:${pattern})$`, 'v')
  } catch (error) {
    if (!/character class/.test(error.message)) return
  }
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {}
}

function judged (pattern) {
  const regex = compiled(pattern)
  if (!regex) return { pattern, matches: null }
  const places = known.inputs.map((input, place) => regex.test(input) ? place : -1)
  return { pattern, matches: places.filter(place => place >= 0) }
}

const patterns = known.patterns.map(({ pattern }) => judged(pattern))
if (option === '--update') {
  const lines = patterns.map(it => `    ${JSON.stringify(it)}`).join(',\n')
  const inputs = known.inputs.map(it => `    ${JSON.stringify(it)}`).join(',\n')
  fs.writeFileSync(file, `{\n  "inputs": [\n${inputs}\n  ],\n  "patterns": [\n${lines}\n  ]\n}\n`)
} else {
  const others = patterns.filter((it, place) => JSON.stringify(it) !== JSON.stringify(known.patterns[place]))
  console.log(JSON.stringify(others.map(({ pattern }) => pattern)))
}
