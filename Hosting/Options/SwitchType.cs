using Akka.Configuration.Hocon;

namespace ActorStack.Hosting.Options;

/// <summary>On or off.</summary>
internal sealed class SwitchType : OptionType<bool>
{
    public override string Name => "on, off";

    public override string WhatToDo => "Write on or off.";

    public override bool Read(HoconValue value) => value.GetBoolean();

    public override string Write(bool value) => value ? "on" : "off";

    protected override bool Allows(bool value) => true;
}
