namespace ActorStack.Transport.Links.Steering;

/// <summary>The way to another owner: <see cref="DeviceHop"/>, <see cref="NeighbourHop"/> or <see cref="TunnelHop"/>.</summary>
public abstract record NextHop
{
    private protected NextHop()
    {
    }
}
