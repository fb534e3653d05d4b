namespace ActorStack.CommandLine;

/// <summary>A command cannot do what was asked; the message gives the reason.</summary>
internal class CommandException(string message, string whatToDo, int exitCode) : Exception(message)
{
    public string WhatToDo => whatToDo;

    public int ExitCode => exitCode;
}
