namespace ActorStack.Actors.Cluster;

/// <summary>A node cannot be part of its cluster.</summary>
/// <param name="message">The reason.</param>
/// <param name="whatToDo">How to solve it.</param>
internal sealed class NodeNetworkException(string message, string whatToDo) : Exception(message)
{
    public string WhatToDo => whatToDo;
}
