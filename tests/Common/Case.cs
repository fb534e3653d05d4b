namespace ActorStack.Tests.Common;

/// <summary>A value of a theory that the test's display name shows by a short name, not by all that the value holds.</summary>
public sealed record Case<T>(T Value, string Name)
{
    public override string ToString() => Name;
}
