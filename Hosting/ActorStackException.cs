using ActorStack.Actors;

namespace ActorStack.Hosting;

/// <summary>The stack could not do what it was asked; the message says why.</summary>
/// <param name="whatToDo">Empty where the code says enough.</param>
public sealed class ActorStackException(FailureCode code, string message, string whatToDo = "") : Exception(message)
{
    public FailureCode Code => code;

    public string WhatToDo => whatToDo;
}
