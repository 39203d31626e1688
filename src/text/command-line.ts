/** What a user types to run the command line. npx takes the one that is installed, if there is one. */
export const commandLine = 'npx @polypool/cli'
