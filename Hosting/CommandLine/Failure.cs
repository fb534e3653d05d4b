using ActorStack.Hosting;

namespace ActorStack.CommandLine;

/// <summary>What a command prints and returns where it could not do what was asked.</summary>
internal sealed record Failure(string Message, string WhatToDo, int ExitCode)
{
    /// <summary>Null for a fault of the program itself, which is to show its stack trace.</summary>
    public static Failure? From(Exception error) => error switch
    {
        CommandException command => new Failure(command.Message, command.WhatToDo, command.ExitCode),
        _ when StackStartException.From(error) is { } start => new Failure(start.Message, start.WhatToDo, ExitCodes.CannotStart),
        OperationCanceledException => new Failure("Interrupted.", "", ExitCodes.Failed),
        _ => null,
    };

    public void Print(TextWriter writer)
    {
        writer.WriteLine($"actorstack: {Message}");
        if (WhatToDo.Length > 0) writer.WriteLine($"  {WhatToDo}");
    }
}
