namespace ActorStack.Tests.Common.Model;

/// <summary>A step of a model.</summary>
/// <param name="Label">The description of the step.</param>
/// <param name="Next">The state after it.</param>
public readonly record struct ModelStep<TState, TLabel>(TLabel Label, TState Next);
