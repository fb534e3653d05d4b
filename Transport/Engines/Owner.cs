namespace ActorStack.Transport.Engines;

/// <summary>Who runs a connection: the software stack, which is the default value, or the engine of a name.</summary>
public readonly record struct Owner
{
    private readonly string? _engine;

    private Owner(string engine) => _engine = engine;

    public static Owner Software => default;

    public bool IsSoftware => _engine is null;

    public static Owner Engine(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Owner(name);
    }

    /// <summary>For people: <c>software</c> or the engine's name.</summary>
    public override string ToString() => _engine ?? "software";
}
