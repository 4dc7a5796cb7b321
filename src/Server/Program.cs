using Harbor.Server;

return await HarborProgram.RunAsync(args, overrides: null);
