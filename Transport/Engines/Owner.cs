namespace ActorStack.Transport.Engines;

/// <summary>
/// Who runs a connection: the software stack, which is the default value, the engine of a name, or another node of the cluster.
/// </summary>
public readonly record struct Owner
{
    private readonly string? _name;
    private readonly bool _isNode;

    private Owner(string name, bool isNode) => (_name, _isNode) = (name, isNode);

    /// <summary>The software stack.</summary>
    public static Owner Software => default;

    /// <summary>Whether the software stack is the owner.</summary>
    public bool IsSoftware => _name is null;

    /// <summary>Whether another node is the owner.</summary>
    public bool IsNode => _isNode;

    /// <summary>The engine of this name.</summary>
    public static Owner Engine(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Owner(name, isNode: false);
    }

    /// <summary>The node of this name.</summary>
    public static Owner Node(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new Owner(name, isNode: true);
    }

    /// <summary>For people: <c>software</c>, the engine's name, or <c>node NAME</c>.</summary>
    public override string ToString() => _isNode ? $"node {_name}" : _name ?? "software";
}
