package main

import (
	"fmt"

	"healthcode/models"
)

type staffCommand struct {
	Invite inviteCommand `cmd:"" help:"Print the one-use link with which somebody joins within 30 minutes."`
}

type inviteCommand struct {
	Role         string   `required:"" enum:"guard,worker,lead,epidemiologist,officer,auditor,administrator" help:"What they will do: ${enum}."`
	Display      string   `required:"" help:"How residents will see who looked at their record."`
	Jurisdiction string   `required:"" help:"Code of the part of the tree that they work in."`
	Community    []string `help:"Id of a community that a worker looks after; may be repeated."`
	Venue        string   `help:"Id of the venue that a guard stands at."`
}

// Run invites. The first administrator comes this way; the others are invited by
// administrators in the console.
func (c inviteCommand) Run(at surroundings) error {
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	token, err := s.store.OperatorInvite(at.ctx, models.Operator("staff invite"), models.Staff{Role: models.Role(c.Role), Display: c.Display,
		Jurisdiction: c.Jurisdiction, Communities: c.Community, VenueID: c.Venue})
	if err != nil {
		return err
	}
	fmt.Fprintln(at.out, s.config.Origin+"/staff/join#"+token)
	return nil
}

type clientCommand struct {
	Add addClientCommand `cmd:"" help:"Print the credentials of a new client, once."`
}

type addClientCommand struct {
	Display      string `arg:"" help:"Name of the registry or laboratory."`
	Jurisdiction string `required:"" help:"Code of the jurisdiction whose epidemiologists agree to results that turn people red."`
}

// Run adds the client. Its secret is shown here and kept nowhere.
func (c addClientCommand) Run(at surroundings) error {
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	id, secret, err := s.store.AddClient(at.ctx, models.Operator("client add"), c.Display, c.Jurisdiction)
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "id     %s\nsecret %s\n", id, secret)
	return nil
}
