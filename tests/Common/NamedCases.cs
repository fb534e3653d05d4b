using System.Runtime.CompilerServices;

namespace ActorStack.Tests.Common;

/// <summary>Rows of a theory whose first value is named by the expression that made it.</summary>
public sealed class NamedCases<TValue, TOther> : TheoryData<Case<TValue>, TOther>
{
    public void Add(TValue value, TOther other, [CallerArgumentExpression(nameof(value))] string expression = "") =>
        Add(new Case<TValue>(value, expression), other);
}
