using Microsoft.AspNetCore.Connections;

namespace ActorStack.AspNetCore;

/// <summary>A port, and what composes the delegate that serves it.</summary>
internal sealed record ConnectionDelegateRegistration(int Port, Action<IConnectionBuilder> Configure);
