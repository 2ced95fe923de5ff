//! Warehouses, locations, transfers, moves, quants. Source: fields/stock.*.json.

/// `stock.warehouse`
pub(crate) mod warehouse {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        NAME = "name", "Warehouse", Kind::Char, required;
        CODE = "code", "Short Name", Kind::Char, required, indexed;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY), required;
        STOCK = "lot_stock_id", "Location Stock", Kind::Many2one(schema::LOCATION);
        OUT_TYPE = "out_type_id", "Out Type", Kind::Many2one(schema::PICKING_TYPE);
        IN_TYPE = "in_type_id", "In Type", Kind::Many2one(schema::PICKING_TYPE);
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `stock.location`
pub(crate) mod location {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const USAGES: &[(&str, &str)] = &[
        ("supplier", "Vendor Location"),
        ("view", "View"),
        ("internal", "Internal Location"),
        ("customer", "Customer Location"),
        ("inventory", "Inventory Loss"),
        ("transit", "Transit Location"),
    ];

    fields! {
        NAME = "name", "Location Name", Kind::Char, required;
        COMPLETE_NAME = "complete_name", "Full Location Name", Kind::Char;
        PARENT = "location_id", "Parent Location", Kind::Many2one(schema::LOCATION), indexed;
        USAGE = "usage", "Location Type", Kind::Selection(USAGES);
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        WAREHOUSE = "warehouse_id", "Warehouse", Kind::Many2one(schema::WAREHOUSE);
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `stock.picking.type`
pub(crate) mod picking_type {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const CODES: &[(&str, &str)] =
        &[("incoming", "Receipt"), ("outgoing", "Delivery"), ("internal", "Internal Transfer")];

    fields! {
        NAME = "name", "Operation Type", Kind::Char, required;
        CODE = "code", "Type of Operation", Kind::Selection(CODES);
        PREFIX = "sequence_code", "Sequence Prefix", Kind::Char;
        WAREHOUSE = "warehouse_id", "Warehouse", Kind::Many2one(schema::WAREHOUSE);
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        ACTIVE = "active", "Active", Kind::Boolean;
    }
}

/// `stock.picking`
pub(crate) mod picking {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    const AVAILABILITY: &[(&str, &str)] = &[("available", "Available"), ("expected", "Expected"), ("late", "Late")];

    fields! {
        NAME = "name", "Reference", Kind::Char;
        STATE = "state", "Status", Kind::Selection(super::STATES);
        PARTNER = "partner_id", "Contact", Kind::Many2one(schema::PARTNER);
        TYPE = "picking_type_id", "Operation Type", Kind::Many2one(schema::PICKING_TYPE);
        SOURCE = "location_id", "Source Location", Kind::Many2one(schema::LOCATION);
        DESTINATION = "location_dest_id", "Destination Location", Kind::Many2one(schema::LOCATION);
        CARRIER = "carrier_id", "Carrier", Kind::Many2one(schema::CARRIER);
        TRACKING = "carrier_tracking_ref", "Tracking Reference", Kind::Char;
        SCHEDULED = "scheduled_date", "Scheduled Date", Kind::Datetime;
        DONE_AT = "date_done", "Date of Transfer", Kind::Datetime;
        BACKORDER_OF = "backorder_id", "Back Order of", Kind::Many2one(schema::PICKING), indexed;
        RETURN_OF = "return_id", "Return of", Kind::Many2one(schema::PICKING), indexed;
        ORIGIN = "origin", "Source Document", Kind::Char;
        SALE = "sale_id", "Sales Order", Kind::Many2one(schema::ORDER), indexed;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        MOVES = "move_ids", "Stock Moves", Kind::One2many(schema::MOVE, super::stock_move::PICKING), computed;
        BACKORDERS = "backorder_ids", "Back Orders", Kind::One2many(schema::PICKING, BACKORDER_OF), computed;
        AVAILABILITY_STATE = "products_availability_state", "Products Availability State",
            Kind::Selection(AVAILABILITY), computed;
        TRACKING_URL = "carrier_tracking_url", "Tracking URL", Kind::Char, computed;
    }
}

/// States of a transfer and of a move.
pub(crate) const STATES: &[(&str, &str)] = &[
    ("draft", "Draft"),
    ("waiting", "Waiting Another Operation"),
    ("confirmed", "Waiting"),
    ("partially_available", "Partially Available"),
    ("assigned", "Ready"),
    ("done", "Done"),
    ("cancel", "Cancelled"),
];

/// `stock.move`
pub(crate) mod stock_move {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        PICKING = "picking_id", "Transfer", Kind::Many2one(schema::PICKING), indexed;
        PRODUCT = "product_id", "Product", Kind::Many2one(schema::PRODUCT), required, indexed;
        DEMAND = "product_uom_qty", "Demand", Kind::Float(Some(2));
        QUANTITY = "quantity", "Quantity", Kind::Float(Some(2));
        PICKED = "picked", "Picked", Kind::Boolean;
        STATE = "state", "Status", Kind::Selection(super::STATES);
        SALE_LINE = "sale_line_id", "Sale Line", Kind::Many2one(schema::LINE), indexed;
        SOURCE = "location_id", "Source Location", Kind::Many2one(schema::LOCATION);
        DESTINATION = "location_dest_id", "Destination Location", Kind::Many2one(schema::LOCATION);
        RETURN_OF = "origin_returned_move_id", "Origin return move", Kind::Many2one(schema::MOVE), indexed;
        TO_REFUND = "to_refund", "Update quantities on SO/PO", Kind::Boolean;
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        ORIGIN = "origin", "Source Document", Kind::Char;
        SEQUENCE = "sequence", "Sequence", Kind::Integer;
        MOVE_LINES = "move_line_ids", "Operations", Kind::One2many(schema::MOVE, RETURN_OF), computed;
    }
}

/// `stock.quant`
pub(crate) mod quant {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        PRODUCT = "product_id", "Product", Kind::Many2one(schema::PRODUCT), required, indexed;
        LOCATION = "location_id", "Location", Kind::Many2one(schema::LOCATION), required;
        QUANTITY = "quantity", "Quantity", Kind::Float(Some(2));
        RESERVED = "reserved_quantity", "Reserved Quantity", Kind::Float(Some(2));
        COUNTED = "inventory_quantity", "Counted Quantity", Kind::Float(Some(2));
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        AVAILABLE = "available_quantity", "Available Quantity", Kind::Float(Some(2)), computed;
        WAREHOUSE = "warehouse_id", "Warehouse", Kind::Many2one(schema::WAREHOUSE), computed;
        LOT = "lot_id", "Lot/Serial Number", Kind::Char, computed;
    }
}

/// `stock.return.picking`, the wizard that makes the transfer of what comes back.
pub(crate) mod return_wizard {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        PICKING = "picking_id", "Picking", Kind::Many2one(schema::PICKING);
        COMPANY = "company_id", "Company", Kind::Many2one(schema::COMPANY);
        LINES = "product_return_moves", "Moves", Kind::One2many(schema::RETURN_LINE, super::return_line::WIZARD), computed;
    }
}

/// `stock.return.picking.line`
pub(crate) mod return_line {
    use crate::odoo::schema::{
        self,
        field::{Kind, fields},
    };

    fields! {
        WIZARD = "wizard_id", "Wizard", Kind::Many2one(schema::RETURN_WIZARD), indexed;
        PRODUCT = "product_id", "Product", Kind::Many2one(schema::PRODUCT), required;
        QUANTITY = "quantity", "Quantity", Kind::Float(Some(2));
        MOVE = "move_id", "Move", Kind::Many2one(schema::MOVE);
        TO_REFUND = "to_refund", "Update quantities on SO/PO", Kind::Boolean;
    }
}
