namespace ActorStack.CommandLine.Demo;

/// <summary>The bytes in both directions that one owner carried, and the time in which it carried them.</summary>
internal readonly record struct OwnerShare(long Bytes, TimeSpan Time)
{
    public static OwnerShare operator +(OwnerShare left, OwnerShare right) =>
        new(left.Bytes + right.Bytes, left.Time + right.Time);
}
