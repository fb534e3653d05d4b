namespace ActorStack.Transport.Linux;

/// <summary>Numbers of socket options and ioctls that .NET has no names for.</summary>
internal static class SocketOption
{
    public const int LevelSocket = 1;
    public const int LevelIp = 0;
    public const int LevelTcp = 6;
    public const int LevelIPv6 = 41;

    // SOL_SOCKET
    public const int ReuseAddress = 2;
    public const int Error = 4;
    public const int SendBuffer = 7;
    public const int KeepAlive = 9;
    public const int OutOfBandInline = 10;
    public const int Linger = 13;
    public const int PeerCredentials = 17;
    public const int AttachFilter = 26;
    public const int SendBufferForce = 32;
    public const int ReceiveBufferForce = 33;
    public const int Mark = 36;
    public const int MemoryInformation = 55;
    public const int Cookie = 57;
    public const int NetworkCookie = 71;
    public const int BufferLock = 72;
    public const int PeerProcessDescriptor = 77;

    // IPPROTO_IP, IPPROTO_IPV6
    public const int IpTypeOfService = 1;
    public const int IpTimeToLive = 2;
    public const int IpOptions = 4;
    public const int IpTransparent = 19;
    public const int IPv6PacketOptions = 6; // IPV6_2292PKTOPTIONS
    public const int IPv6UnicastHops = 16;
    public const int IPv6HopLimit = 52;
    public const int IPv6TrafficClass = 67;
    public const int IPv6Transparent = 75;

    // IPPROTO_TCP
    public const int NoDelay = 1;
    public const int MaximumSegment = 2;
    public const int Cork = 3;
    public const int KeepIdle = 4;
    public const int KeepInterval = 5;
    public const int KeepCount = 6;
    public const int Linger2 = 8;
    public const int WindowClamp = 10;
    public const int Information = 11;
    public const int QuickAck = 12;
    public const int Congestion = 13;
    public const int UserTimeout = 18;
    public const int Repair = 19;
    public const int RepairQueue = 20;
    public const int QueueSequence = 21;
    public const int RepairOptions = 22;
    public const int Timestamp = 24;
    public const int NotSentLowWater = 25;
    public const int RepairWindow = 29;

    // ioctl
    public const uint ReceiveQueueLength = 0x541B;
    public const uint SendQueueLength = 0x5411;
    public const uint SendQueueNotSentLength = 0x894B;
}
