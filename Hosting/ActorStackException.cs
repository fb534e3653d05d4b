using ActorStack.Actors;

namespace ActorStack.Hosting;

/// <summary>The stack could not do what it was asked; the message says why.</summary>
/// <param name="code">What kind of failure it is.</param>
/// <param name="message">Why the stack could not do it.</param>
/// <param name="whatToDo">Empty where the code says enough.</param>
public sealed class ActorStackException(FailureCode code, string message, string whatToDo = "") : Exception(message)
{
    /// <summary>What kind of failure it is.</summary>
    public FailureCode Code => code;

    /// <summary>The sentence that says what to do.</summary>
    public string WhatToDo => whatToDo;
}
