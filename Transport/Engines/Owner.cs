namespace ActorStack.Transport.Engines;

/// <summary>Who runs a connection: the software stack, which is the default value, or the engine of a name.</summary>
public readonly record struct Owner
{
    private readonly string? _engine;

    private Owner(string engine) => _engine = engine;

    /// <summary>The software stack.</summary>
    public static Owner Software => default;

    /// <summary>Whether the software stack is the owner.</summary>
    public bool IsSoftware => _engine is null;

    /// <summary>The engine of this name.</summary>
    public static Owner Engine(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Owner(name);
    }

    /// <summary>For people: <c>software</c> or the engine's name.</summary>
    public override string ToString() => _engine ?? "software";
}
