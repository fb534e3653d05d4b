namespace ActorStack.Transport.Links.Steering;

/// <summary>Another process on this machine, which reads a TUN device of its own.</summary>
/// <param name="Device">The name of its device, e.g. <c>as1</c>, in the network namespace of the steering.</param>
public sealed record DeviceHop(string Device) : NextHop
{
    /// <summary>For people.</summary>
    public override string ToString() => $"device {Device}";
}
