using ActorStack.Actors.Persistence;
using ActorStack.Hosting;
using ActorStack.Transport.Linux;
using Akka.Configuration;
using Microsoft.Extensions.Options;

namespace ActorStack.CommandLine;

/// <summary>What a command prints and returns where it could not do what was asked.</summary>
internal sealed record Failure(string Message, string WhatToDo, int ExitCode)
{
    /// <summary>Null for a fault of the program itself, which is to show its stack trace.</summary>
    public static Failure? From(Exception error) => error switch
    {
        CommandException command => new Failure(command.Message, command.WhatToDo, command.ExitCode),
        StackStartException start => new Failure(start.Message, start.WhatToDo, ExitCodes.CannotStart),
        ActorStackException stack => new Failure(stack.Message, "", ExitCodes.CannotStart),
        StateDirectoryException state => new Failure(state.Message, "", ExitCodes.CannotStart),
        ConfigurationException hocon => new Failure(hocon.Message, "Correct akka.hocon, or the option.", ExitCodes.CannotStart),
        LinuxException linux => new Failure(linux.Message, "", ExitCodes.CannotStart),
        OptionsValidationException options => new Failure(string.Join(Environment.NewLine, options.Failures), "", ExitCodes.CannotStart),
        OperationCanceledException => new Failure("Interrupted.", "", ExitCodes.Failed),
        _ => null,
    };

    public void Print(TextWriter writer)
    {
        writer.WriteLine($"actorstack: {Message}");
        if (WhatToDo.Length > 0) writer.WriteLine($"  {WhatToDo}");
    }
}
