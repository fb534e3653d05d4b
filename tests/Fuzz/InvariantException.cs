using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ActorStack.Fuzz;

/// <summary>What must hold whatever arrives did not.</summary>
internal sealed class InvariantException(string message) : Exception(message)
{
    public static void Require([DoesNotReturnIf(false)] bool condition, string otherwise)
    {
        if (!condition) throw new InvariantException(otherwise);
    }

    /// <summary>The message is put together only where the condition does not hold.</summary>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref FailureMessage otherwise)
    {
        if (!condition) throw new InvariantException(otherwise.ToString());
    }
}
