#!/usr/bin/env node
'use strict';
// The command line: `npx grantmint`.

const { commandLine } = require('grantmint/native');

process.exitCode = commandLine(['grantmint', ...process.argv.slice(2)]);
