using ActorStack.Actors;

namespace ActorStack.Hosting;

/// <summary>The stack could not do what it was asked; the message gives the reason.</summary>
/// <param name="code">The kind of failure.</param>
/// <param name="message">The reason.</param>
/// <param name="whatToDo">Advice; empty where the code says enough.</param>
public sealed class ActorStackException(FailureCode code, string message, string whatToDo = "") : Exception(message)
{
    /// <summary>The kind of failure.</summary>
    public FailureCode Code => code;

    /// <summary>The sentence with the advice.</summary>
    public string WhatToDo => whatToDo;
}
