// Loaded before a server: tells the bench, when it asks, how much processor time the server has used.

process.on('message', () => process.send(process.cpuUsage()));
