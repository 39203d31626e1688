// In the repository `exports` name the sources, so that everything runs without a build: what is packed has a manifest of its own.
console.error('this folder is not packed as it is: npm run package writes what is published to .cache/packages')
process.exit(1)
