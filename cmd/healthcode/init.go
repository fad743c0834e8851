package main

import (
	"fmt"
	"slices"

	"healthcode/config"
	"healthcode/models"
	"healthcode/models/store"
)

type initCommand struct {
	Division  string `required:"" help:"Code of the county, city or province that this installation is for (GB/T 2260), as 330110."`
	Community string `default:"第一社区" help:"Name of its first community. More come with places."`
	Phone     string `default:"12345" help:"Whom residents of that community call."`
	Venue     string `default:"第一场所" help:"Name of its first venue, which gets a poster."`
	Display   string `default:"管理员" help:"How its first administrator is shown."`
}

// Run stands a place up from nothing: the schema, the divisions down to its own, a
// community, a venue with its poster, and the invitation of the first administrator.
// The rules and the forms are those that the service brings until an officer
// publishes others. Run it with the rights of the database's owner.
func (c initCommand) Run(at surroundings) error {
	path := models.DivisionPath(c.Division)
	if path == nil {
		return fmt.Errorf("no division has the code %s: see models/jurisdiction.csv, and use places for one that is newer", c.Division)
	}
	if _, err := config.Database(at.lookup); err != nil {
		return err
	}
	if err := (migrateCommand{}).Run(at); err != nil {
		return err
	}
	s, err := open(at)
	if err != nil {
		return err
	}
	defer s.close()
	if err := c.tree(at, s, path); err != nil {
		return err
	}
	if err := c.places(at, s.store); err != nil {
		return err
	}
	token, err := s.store.OperatorInvite(at.ctx, operatorInit, models.Staff{Role: models.RoleAdministrator, Display: c.Display, Jurisdiction: c.Division})
	if err != nil {
		return err
	}
	fmt.Fprintln(at.out, "administrator "+s.config.Origin+"/staff/join#"+token)
	return nil
}

var operatorInit = models.Operator("init")

// tree adds the divisions that are not there yet, from an earlier init or from places.
func (c initCommand) tree(at surroundings, s *opened, path []models.Jurisdiction) error {
	there, err := s.store.Jurisdictions(at.ctx)
	if err != nil {
		return err
	}
	for _, j := range path {
		if slices.ContainsFunc(there, func(x models.Jurisdiction) bool { return x.Code == j.Code }) {
			continue
		}
		j.TimeZone = s.config.Zone.String()
		if err := s.store.AddJurisdiction(at.ctx, operatorInit, j); err != nil {
			return fmt.Errorf("jurisdiction %s: %w", j.Code, err)
		}
		fmt.Fprintf(at.out, "jurisdiction %s  %s\n", j.Code, j.Name.In(models.Chinese))
	}
	return nil
}

func (c initCommand) places(at surroundings, s *store.Store) error {
	same := func(name string) models.Text { return models.Text{models.Chinese: name, models.English: name} }
	community, err := s.AddCommunity(at.ctx, operatorInit, models.Community{Jurisdiction: c.Division, Name: same(c.Community), Phone: c.Phone})
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "community %s  %s\n", community, c.Community)
	v, err := s.AddVenue(at.ctx, operatorInit, models.Venue{Jurisdiction: c.Division, CommunityID: community, Name: same(c.Venue)})
	if err != nil {
		return err
	}
	fmt.Fprintf(at.out, "venue %s  %s\n", v.ID, c.Venue)
	return nil
}
