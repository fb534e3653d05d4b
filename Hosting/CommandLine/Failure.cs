using ActorStack.Hosting;

namespace ActorStack.CommandLine;

/// <summary>The message and the exit code of a command that could not do what was asked.</summary>
internal sealed record Failure(string Message, string WhatToDo, int ExitCode)
{
    /// <summary>Translates an exception. Null: a fault of the program itself, which is printed with its stack trace.</summary>
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
