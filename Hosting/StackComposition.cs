using ActorStack.Actors;

namespace ActorStack.Hosting;

/// <summary>The settings that a stack is started with. The stack disposes its link and engines.</summary>
internal sealed record StackComposition(StackSettings Settings, TimeSpan DrainLimit);
