namespace ActorStack.Actors;

/// <summary>The name of a connection over its whole life: <c>boot-number</c>, unique over restarts of the service with the same state directory.</summary>
public readonly record struct ConnectionId(string Value)
{
    /// <summary>The text that people read and type.</summary>
    public override string ToString() => Value;
}
