namespace ActorStack.Transport.Linux;

/// <summary>One thing that a link or an engine sets up on its host.</summary>
/// <param name="Name">What people call it, e.g. <c>route to 10.9.0.1</c>.</param>
/// <param name="Ensure">
/// Looks whether it is as it was set up, and otherwise puts it back. True where it was missing; throws <see
/// cref="LinuxException"/> where it is missing still.
/// </param>
/// <param name="IsVital">Connections stand still without it; otherwise something only works less well.</param>
internal sealed record HostPart(string Name, Func<bool> Ensure, bool IsVital = true);
