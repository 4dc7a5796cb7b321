using Harbor.Load;

return CommandLine.Make().Parse(args).Invoke();
