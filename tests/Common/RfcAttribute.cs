namespace ActorStack.Tests.Common;

/// <summary>
/// What a test holds the code to: <c>[Rfc(8985, "6.2", "7.4")]</c>. The table in the README's section on conformance is made from
/// these.
/// </summary>
/// <param name="number">Of the RFC.</param>
/// <param name="sections">At least one.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class RfcAttribute(int number, params string[] sections) : Attribute
{
    public int Number { get; } = number;

    public IReadOnlyList<string> Sections { get; } = sections;
}
