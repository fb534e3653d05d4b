using ActorStack.Actors;

namespace ActorStack.Hosting;

/// <summary>What a stack is started with. The stack disposes of its link and engines.</summary>
internal sealed record StackComposition(StackSettings Settings, TimeSpan DrainLimit);
