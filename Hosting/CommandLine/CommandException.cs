namespace ActorStack.CommandLine;

/// <summary>A command can't do what was asked; the message says why.</summary>
internal class CommandException(string message, string whatToDo, int exitCode) : Exception(message)
{
    public string WhatToDo => whatToDo;

    public int ExitCode => exitCode;
}
